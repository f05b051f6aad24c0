-- Whom a per-customer limit counts: the address as `canonicalOf` (db/canonical.ts) has it, without the tag that some mail
-- services let anybody append (`jane+shop@` is `jane@`). A digest, so that nobody is named where none has to be. Null for
-- null.
CREATE OR REPLACE FUNCTION customer_key(email text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
  SELECT 'email:' || encode(
    sha256(convert_to(regexp_replace(lower(email COLLATE "C"), '(?<=.)[+].*(?=@[^@]*$)', ''), 'UTF8')), 'hex')
$$;
