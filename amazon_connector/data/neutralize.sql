-- A copy of a database must not speak for the store: forget every credential.
UPDATE amazon_connection
   SET lwa_client_secret_encrypted = NULL,
       refresh_token_encrypted = NULL,
       state = CASE WHEN state = 'draft' THEN 'draft' ELSE 'reauthorize' END;

UPDATE amazon_connection_setup
   SET lwa_client_secret_encrypted = NULL,
       refresh_token_encrypted = NULL,
       authorization_code_encrypted = NULL;

DELETE FROM ir_config_parameter
 WHERE key IN (
           'amazon_connector.lwa_client_secret_encrypted',
           'amazon_connector.sp_api_url',
           'amazon_connector.lwa_url',
           'amazon_connector.seller_central_url'
       );

-- Nothing is left in it that could speak: whoever connects it anew means it.
UPDATE amazon_copy_guard
   SET token = NULL,
       state = 'clear';

-- Nor may it know a buyer: nobody who tests needs one. Files stay in the file store of
-- the copy until Odoo clears it; no record leads to them.
CREATE TEMPORARY TABLE amazon_buyer ON COMMIT DROP AS
SELECT id, email_normalized
  FROM res_partner
 WHERE amazon_buyer_key IS NOT NULL;

CREATE TEMPORARY TABLE amazon_document ON COMMIT DROP AS
SELECT 'amazon.order' AS model, id FROM amazon_order
 UNION ALL
SELECT 'sale.order', id FROM sale_order WHERE amazon_order_ref IS NOT NULL
 UNION ALL
SELECT 'stock.picking', id FROM stock_picking WHERE amazon_order_ref IS NOT NULL
 UNION ALL
SELECT 'account.move', id
  FROM account_move
 WHERE partner_id IN (SELECT id FROM amazon_buyer)
    OR commercial_partner_id IN (SELECT id FROM amazon_buyer)
 UNION ALL
SELECT 'mail.blacklist', mail_blacklist.id
  FROM mail_blacklist
  JOIN amazon_buyer ON amazon_buyer.email_normalized = mail_blacklist.email
 UNION ALL
SELECT 'res.partner', id FROM amazon_buyer;

CREATE TEMPORARY TABLE amazon_message ON COMMIT DROP AS
SELECT mail_message.id
  FROM mail_message
  JOIN amazon_document
    ON amazon_document.model = mail_message.model
   AND amazon_document.id = mail_message.res_id
 UNION
SELECT id FROM mail_message WHERE author_id IN (SELECT id FROM amazon_buyer);

DELETE FROM ir_attachment
 USING amazon_document
 WHERE ir_attachment.res_model = amazon_document.model
   AND ir_attachment.res_id = amazon_document.id;

DELETE FROM mail_tracking_value
 WHERE mail_message_id IN (SELECT id FROM amazon_message);

DELETE FROM mail_mail
 WHERE mail_message_id IN (SELECT id FROM amazon_message);

UPDATE mail_notification
   SET mail_email_address = NULL, failure_reason = NULL
 WHERE mail_message_id IN (SELECT id FROM amazon_message);

UPDATE mail_message
   SET body = NULL, subject = NULL, email_from = NULL, reply_to = NULL,
       incoming_email_to = NULL, incoming_email_cc = NULL, outgoing_email_to = NULL
 WHERE id IN (SELECT id FROM amazon_message);

DELETE FROM mail_activity
 USING amazon_document
 WHERE mail_activity.res_model = amazon_document.model
   AND mail_activity.res_id = amazon_document.id;

DELETE FROM mail_blacklist
 WHERE email IN (SELECT email_normalized FROM amazon_buyer);

UPDATE sale_order
   SET amazon_delivery_instructions = NULL, signed_by = NULL,
       client_order_ref = amazon_order_ref
 WHERE amazon_order_ref IS NOT NULL;

-- Gift messages are notes of the sale order, and of its invoice.
UPDATE sale_order_line
   SET name = ''
 WHERE display_type = 'line_note'
   AND order_id IN (SELECT id FROM sale_order WHERE amazon_order_ref IS NOT NULL);

UPDATE account_move_line
   SET ref = NULL,
       name = CASE
           WHEN account_move_line.display_type = 'product' THEN account_move_line.name
           ELSE account_move_line.move_name
       END
  FROM amazon_document
 WHERE amazon_document.model = 'account.move'
   AND amazon_document.id = account_move_line.move_id;

UPDATE stock_picking
   SET note = NULL
 WHERE amazon_order_ref IS NOT NULL;

UPDATE payment_transaction
   SET partner_address = NULL, partner_city = NULL, partner_email = NULL,
       partner_name = NULL, partner_phone = NULL, partner_zip = NULL
 WHERE partner_id IN (SELECT id FROM amazon_buyer);

UPDATE account_move
   SET invoice_partner_display_name = 'Amazon buyer', ref = NULL
 WHERE partner_id IN (SELECT id FROM amazon_buyer)
    OR commercial_partner_id IN (SELECT id FROM amazon_buyer);

UPDATE res_partner
   SET name = 'Amazon buyer', complete_name = 'Amazon buyer',
       commercial_company_name = NULL, company_name = NULL, barcode = NULL,
       city = NULL, comment = NULL, company_registry = NULL, email = NULL,
       email_normalized = NULL, "function" = NULL, phone = NULL, ref = NULL, street = NULL, street2 = NULL, vat = NULL,
       website = NULL, zip = NULL, amazon_buyer_key = 'removed-' || id
 WHERE id IN (SELECT id FROM amazon_buyer);

-- Where the app that checks phone numbers is installed.
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM information_schema.columns
         WHERE table_name = 'res_partner' AND column_name = 'phone_sanitized'
    ) THEN
        UPDATE res_partner
           SET phone_sanitized = NULL
         WHERE id IN (SELECT id FROM amazon_buyer);
    END IF;
END $$;

UPDATE amazon_order
   SET document_encrypted = NULL, reflected_encrypted = NULL;

DROP TABLE amazon_message, amazon_document, amazon_buyer;
