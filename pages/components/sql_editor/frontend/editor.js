import {basicSetup, EditorView} from "codemirror"
import {autocompletion} from "@codemirror/autocomplete"
import {Compartment, EditorState, Prec} from "@codemirror/state"
import {keymap} from "@codemirror/view"
import {indentWithTab} from "@codemirror/commands"
import {HighlightStyle, syntaxHighlighting} from "@codemirror/language"
import {PostgreSQL, sql, SQLite, StandardSQL} from "@codemirror/lang-sql"
import {tags} from "@lezer/highlight"

const DIALECTS = {sqlite: SQLite, postgresql: PostgreSQL}
// Long enough to type on without a rerun per key, short enough that leaving the editor loses nothing.
const PAUSE_MS = 400

const look = EditorView.theme({
  "&": {color: "var(--st-text-color)", background: "var(--st-secondary-background-color)", fontSize: "14px",
        border: "1px solid var(--st-border-color)", borderRadius: "var(--st-base-radius)", overflow: "hidden"},
  "&.cm-focused": {outline: "2px solid var(--st-primary-color)", outlineOffset: "-1px"},
  ".cm-scroller": {fontFamily: "var(--st-code-font), monospace", lineHeight: "1.6"},
  ".cm-content": {caretColor: "var(--st-text-color)", padding: "8px 0"},
  ".cm-cursor": {borderLeftColor: "var(--st-text-color)"},
  ".cm-gutters": {background: "transparent", color: "var(--st-gray-text-color)", border: "none"},
  ".cm-activeLine, .cm-activeLineGutter": {background: "color-mix(in srgb, var(--st-text-color) 6%, transparent)"},
  "&.cm-focused .cm-selectionBackground, .cm-selectionBackground, ::selection": {
    background: "color-mix(in srgb, var(--st-primary-color) 30%, transparent) !important"},
  ".cm-tooltip": {background: "var(--st-background-color)", color: "var(--st-text-color)",
                  border: "1px solid var(--st-border-color)", borderRadius: "6px", overflow: "hidden"},
  ".cm-tooltip-autocomplete ul li[aria-selected]": {background: "var(--st-primary-color)", color: "#fff"},
})

const colours = HighlightStyle.define([
  {tag: tags.keyword, color: "var(--st-link-color)", fontWeight: "600"},
  {tag: [tags.string, tags.special(tags.string)], color: "var(--st-green-text-color)"},
  {tag: [tags.number, tags.bool, tags.null], color: "var(--st-orange-text-color)"},
  {tag: tags.comment, color: "var(--st-gray-text-color)", fontStyle: "italic"},
  {tag: tags.special(tags.name), color: "var(--st-red-text-color)"},
])

const editors = new WeakMap()

function language(data) {
  return sql({dialect: DIALECTS[data.dialect] ?? StandardSQL, schema: data.tables ?? {}, upperCaseKeywords: false})
}

function create(component) {
  const {data, parentElement} = component
  const mine = {component, sent: data.value, language: new Compartment(), schema: JSON.stringify(data.tables)}
  const tell = () => {
    clearTimeout(mine.timer)
    const value = mine.view.state.doc.toString()
    if (value === mine.sent) return
    mine.sent = value
    mine.component.setStateValue("value", value)
  }
  const run = () => {
    clearTimeout(mine.timer)
    mine.sent = mine.view.state.doc.toString()
    mine.component.setStateValue("value", mine.sent)
    mine.component.setTriggerValue("run", true)
    return true
  }
  const listen = EditorView.updateListener.of((update) => {
    if (!update.docChanged) return
    clearTimeout(mine.timer)
    mine.timer = setTimeout(tell, PAUSE_MS)
  })
  mine.view = new EditorView({
    parent: parentElement.querySelector(".editor"),
    root: parentElement instanceof ShadowRoot ? parentElement : undefined,
    state: EditorState.create({
      doc: data.value,
      extensions: [
        Prec.highest(keymap.of([{key: "Mod-Enter", run}])),
        basicSetup, autocompletion({icons: false}), keymap.of([indentWithTab]), mine.language.of(language(data)),
        look, syntaxHighlighting(colours), listen,
        EditorView.lineWrapping, EditorView.contentAttributes.of({"aria-label": data.label}),
        EditorView.theme({".cm-scroller": {minHeight: `${data.height}px`, maxHeight: "60vh", overflow: "auto"}}),
        EditorView.domEventHandlers({blur: () => { tell(); return false }}),
      ],
    }),
  })
  return mine
}

function update(mine, component) {
  mine.component = component
  const {data} = component
  const schema = JSON.stringify(data.tables)
  if (schema !== mine.schema) {
    mine.schema = schema
    mine.view.dispatch({effects: mine.language.reconfigure(language(data))})
  }
  // Only another query replaces the text: an older echo of one's own typing must not.
  if (data.version !== mine.version && data.value !== mine.view.state.doc.toString()) {
    mine.sent = data.value
    mine.view.dispatch({changes: {from: 0, to: mine.view.state.doc.length, insert: data.value}})
  }
  mine.version = data.version
}

export default function (component) {
  const root = component.parentElement
  if (!editors.has(root)) {
    const mine = create(component)
    mine.version = component.data.version
    editors.set(root, mine)
  }
  update(editors.get(root), component)
  return () => {
    editors.get(root)?.view.destroy()
    editors.delete(root)
  }
}
