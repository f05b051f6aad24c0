-- The customer whom a per-customer limit counts: a hash of the address as `canonicalOf` (db/canonical.ts) has it,
-- without the tag that some mail services let people append (`jane+shop@` is `jane@`). It is a hash, so that it names
-- nobody. Null for null.
CREATE OR REPLACE FUNCTION customer_key(email text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
SET search_path = pg_catalog AS $$
  SELECT 'email:' || encode(
    sha256(convert_to(regexp_replace(lower(email COLLATE "C"), '(?<=.)[+].*(?=@[^@]*$)', ''), 'UTF8')), 'hex')
$$;
