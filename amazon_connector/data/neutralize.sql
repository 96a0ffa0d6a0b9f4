-- A copy of a database must not speak for the store: forget every credential.
UPDATE amazon_connection
   SET lwa_client_secret_encrypted = NULL,
       refresh_token_encrypted = NULL,
       state = CASE WHEN state = 'draft' THEN 'draft' ELSE 'reauthorize' END;
