"""Every exception of the runtime, in one tree.

CallflowError
├── SettingError            a setting is wrong: names the setting and the remedy; stops the start
├── MachineError            a part of this machine (Asterisk, PostgreSQL, speech) cannot be provided
├── StorageError
│   ├── StorageUnavailable  PostgreSQL cannot be reached now; the same request may work later
│   │   └── ObjectsUnavailable  the same of the object store
│   └── StorageRefused      a constraint or trigger refused the change; the message says why
├── AriError
│   ├── AriUnavailable      no answer from Asterisk (not connected, timed out)
│   ├── AriRefused          Asterisk answered with a status that no caller expected
│   ├── Gone                the object no longer exists (404, or 400 of addChannel)
│   └── NotOurs             it exists but is not, or no longer, in our application (409, 422)
├── DocumentError           a document is missing or not of the shape its kind demands
├── MediaError              a prompt, media document, URL or text cannot be made into audio
├── WebError                a web server cannot be asked, or gives no answer that could be used
├── PivotError              an account's web server does not say what becomes of a call
├── UploadError             a file could not be sent to the URL that wants it; it may work later
├── MailError
│   ├── MailDelayed         the mail server does not take a message now; it may later
│   └── MailRefused         a message can never be delivered; the message says why
├── OrderRefused            a call in progress cannot do what is asked of it, at least not now
│   └── NotBridged          because its channel talks to nobody
├── RequestRefused          an HTTP request that is answered with an error of the API
├── FrameRefused            a frame of a WebSocket that is answered with an error
└── ActionError             a node cannot run: unknown module or wrong data
"""


class CallflowError(Exception):
    """Base of every error that this program raises on purpose."""


class SettingError(CallflowError):
    """A setting is wrong.

    `name` is the environment variable, `remedy` what to do about it.
    """

    def __init__(self, name: str, problem: str, remedy: str) -> None:
        super().__init__(f"{name}: {problem}. {remedy}")
        self.name = name
        self.remedy = remedy


class MachineError(CallflowError):
    """A part of this machine cannot be provided; the message says how to provide it."""


class StorageError(CallflowError):
    """Base of what PostgreSQL can answer."""


class StorageUnavailable(StorageError):
    """PostgreSQL cannot be reached now; the same request may work later."""


class ObjectsUnavailable(StorageUnavailable):
    """The object store cannot be used now; the same request may work later."""


class StorageRefused(StorageError):
    """A constraint or trigger refused the change."""


class AriError(CallflowError):
    """Base of what Asterisk can answer."""


class AriUnavailable(AriError):
    """No answer from Asterisk: not connected, connection lost, or timed out."""


class AriRefused(AriError):
    """Asterisk answered with a status that the command does not expect."""

    def __init__(self, method: str, path: str, status: int, message: str) -> None:
        super().__init__(f"{method} {path}: {status} {message}")
        self.method = method
        self.path = path
        self.status = status
        self.message = message


class Gone(AriRefused):
    """The object of the command no longer exists."""


class NotOurs(AriRefused):
    """The object exists but is not, or no longer, in our Stasis application."""


class DocumentError(CallflowError):
    """A document is missing or is not of the shape its kind demands."""


class MediaError(CallflowError):
    """A prompt, media document, URL or text cannot be made into audio."""


class WebError(CallflowError):
    """A web server cannot be asked, or gives no answer that could be used; the message says why."""


class PivotError(CallflowError):
    """An account's web server does not say what becomes of a call; the message says why."""


class UploadError(CallflowError):
    """A file could not be sent to the URL that wants it; it may work later."""


class MailError(CallflowError):
    """A message could not be handed over to the mail server."""


class MailDelayed(MailError):
    """The mail server does not take the message now, or is not there; it may later."""


class MailRefused(MailError):
    """The message can never be delivered, to this recipient or at all."""


class OrderRefused(CallflowError):
    """A call in progress cannot do what is asked of it, at least not now."""


class NotBridged(OrderRefused):
    """The channel talks to nobody."""


class RequestRefused(CallflowError):
    """A request to the API is answered with this status, message and data.

    Without `data` the answer has no body, as Kazoo has it for 406 and 412.
    """

    def __init__(self, status: int, message: str, data: object = None) -> None:
        super().__init__(f"{status} {message}")
        self.status = status
        self.message = message
        self.data = data


class FrameRefused(CallflowError):
    """What a frame asks for is not done; `reasons` are told to the client."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


class ActionError(CallflowError):
    """A node of a callflow cannot run: unknown module or wrong data."""
