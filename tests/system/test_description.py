"""What Odoo's list of apps shows of the addon."""

import re

from host.paths import ADDON

FOLDER = f"/{ADDON}/static/description/"


def test_the_list_of_apps_shows_the_description_with_its_pictures(client):
    (module,) = client.call(
        "ir.module.module",
        "search_read",
        [("name", "=", ADDON)],
        ["description_html", "icon"],
    )
    page = module["description_html"]
    assert "Amazon ▸ Integration Log ▸ Integration History" in page
    pictures = re.findall(r'<img [^>]*src="([^"]+)"', page)
    assert len(pictures) == 4
    for picture in (*pictures, module["icon"]):
        assert picture.startswith(FOLDER)
        answer = client.session.get(client.url + picture, timeout=30)
        assert answer.status_code == 200, picture
        assert answer.headers["Content-Type"] == "image/png"
