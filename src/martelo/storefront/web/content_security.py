"""What browsers may do with our answers: the values of `Content-Security-Policy`."""

from martelo.storefront.web.import_map import module_map_source

POLICY = "Content-Security-Policy"

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; "
    f"script-src 'self' {module_map_source()}; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
FRAMED_MAIL_POLICY = f"{PAGE_POLICY}; style-src-attr 'unsafe-inline'"
"""For a page that frames e-mails: they bring styles of their own, in attributes alone.

A frame of `srcdoc` has its page's policy. Style sheets, pictures and scripts stay ours.
"""

PERMISSIONS = ", ".join(
    f"{name}=()"
    for name in (
        *("accelerometer", "browsing-topics", "camera", "display-capture"),
        *("geolocation", "gyroscope", "hid", "magnetometer", "microphone", "midi", "payment"),
        *("serial", "usb", "xr-spatial-tracking"),
    )
)
"""What no page of ours uses, and what a script in one could not use either."""
