"""To 19.0.1.7.0: the list of connections has no counts, the overview has them."""


def migrate(cr, version):
    """Take away the view that adds to them: Odoo would look for their place first."""
    cr.execute(
        """
        DELETE FROM ir_ui_view
         USING ir_model_data
         WHERE ir_model_data.model = 'ir.ui.view'
           AND ir_model_data.res_id = ir_ui_view.id
           AND ir_model_data.module = 'amazon_connector'
           AND ir_model_data.name = 'amazon_connection_view_list_shipment'
        """
    )
