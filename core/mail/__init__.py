"""How a report is sent: templates, message building, the SMTP transport and the local mail catcher."""
