"""What goes wrong in a way its reader can put right."""


class StackError(Exception):
    """A plain sentence for the person at the terminal: what is wrong and what to do.

    `exit_code` is what the command line ends with.
    """

    exit_code = 1


class AlreadyRunningError(StackError):
    """A stack holds this data folder already."""

    exit_code = 3
