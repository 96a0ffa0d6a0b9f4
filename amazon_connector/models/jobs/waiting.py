"""Amazon needs a while for what was asked of it: the run goes on later."""


class NotReadyError(Exception):
    """Raised in a slice that can only wait; nothing is wrong.

    The run stays open, is no failure, and goes on after the pause.

    :param str message: a translated sentence for the user
    :param float seconds: the pause
    """

    def __init__(self, message, seconds):
        super().__init__(message)
        self.seconds = seconds
