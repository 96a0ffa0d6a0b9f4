"""The template of the translations holds the terms that Odoo finds in the addon."""

from host.translations import export_terms, template_of


def test_the_template_of_the_translations_is_current(odoo):
    terms = export_terms(odoo.source, odoo.postgres, odoo.database, odoo.data_dir)
    # As lines, so that pytest shows which term was added or is gone.
    kept = template_of().read_text().splitlines()
    assert kept == terms.splitlines(), "run script/i18n"
