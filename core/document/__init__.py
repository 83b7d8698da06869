"""What a report says, whatever the file it is written to."""
