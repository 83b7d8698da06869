"""What comes in and what goes out: pydantic models, one file per noun. Unknown fields are refused."""
