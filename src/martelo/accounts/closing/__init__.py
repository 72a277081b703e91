"""A person's data: exporting them, closing the account, and erasing them everywhere."""
