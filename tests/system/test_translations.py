"""The templates of the translations hold the terms that Odoo finds in the addons."""

from host.odoo_source import find_odoo
from host.paths import ADDON, KITS_ADDON
from host.templates import addon_instance
from host.translations import export_terms, template_of


def assert_current(addon, source, postgres, database, data_dir):
    terms = export_terms(source, postgres, database, data_dir, addon)
    # As lines, so that pytest shows which term was added or is gone.
    kept = template_of(addon).read_text().splitlines()
    assert kept == terms.splitlines(), "run script/i18n"


def test_the_template_of_the_connector_is_current(odoo):
    assert_current(ADDON, odoo.source, odoo.postgres, odoo.database, odoo.data_dir)


def test_the_template_of_the_addon_for_kits_is_current(postgres):
    source = find_odoo()
    with addon_instance(postgres, source, with_kits=True) as (database, data_dir):
        assert_current(KITS_ADDON, source, postgres, database, data_dir)
