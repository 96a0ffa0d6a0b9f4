"""Login with Amazon: who authorised the application, and the tokens that prove it."""

from .form import decode_form
from .grants import Lwa
