"""Renders the pages; all values are escaped."""

import functools
from urllib.parse import parse_qsl, urlencode, urlsplit

from jinja2 import ChainableUndefined, Environment, PackageLoader
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse

from ..intake import MAX_FORM_BYTES, BodyTooLarge, read_content

#: The pages need nothing but themselves, and tell nobody where a person came from.
_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
        "img-src data:"
    ),
    "Referrer-Policy": "no-referrer",
}


@functools.cache
def _environment():
    return Environment(
        loader=PackageLoader(__package__, "templates"),
        autoescape=True,
        # An order may lack anything, as Amazon's do.
        undefined=ChainableUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(template, status=200, **context):
    """A page from its template."""
    html = _environment().get_template(template).render(context)
    body = html.encode("utf-8", "replace")
    return HTMLResponse(body, status, headers=_HEADERS)


def redirect(uri, status=302, **parameters):
    """Send the browser on; parameters that are None are left out."""
    given = {k: v for k, v in parameters.items() if v is not None}
    base, mark, fragment = uri.partition("#")
    if given:
        base += ("&" if urlsplit(base).query else "?") + urlencode(given)
    return RedirectResponse(base + mark + fragment, status, headers=_HEADERS)


async def read_form(request):
    """The fields of a submitted form; of repeated ones the last."""
    try:
        body = await read_content(request, MAX_FORM_BYTES)
    except BodyTooLarge:
        raise HTTPException(413) from None
    text = body.decode("utf-8", "replace")
    return dict(parse_qsl(text, keep_blank_values=True))
