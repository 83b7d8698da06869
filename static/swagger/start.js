// Starts the documentation. A signed-in browser may try the calls: its session wants this header with each of them.
function csrfToken() {
  const pair = document.cookie.split("; ").find((part) => part.startsWith("rooster_csrf="));
  return pair ? pair.slice("rooster_csrf=".length) : "";
}

SwaggerUIBundle({
  url: "openapi.json",
  dom_id: "#api",
  deepLinking: true,
  validatorUrl: null,
  requestInterceptor: (request) => {
    request.headers["X-CSRF-Token"] = csrfToken();
    return request;
  },
});
