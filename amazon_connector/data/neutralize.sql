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
