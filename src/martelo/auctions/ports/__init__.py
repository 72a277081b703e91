"""What the rules' callers need from outside, as Protocols."""
