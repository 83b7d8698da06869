"""The verbs of the product. Each takes the session and the actor, and hands out schemas, never rows."""
