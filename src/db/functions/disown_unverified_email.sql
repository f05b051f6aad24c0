-- Trigger of `members`: whose address is not verified does not own it either. A Worker that knows nothing of
-- `email_owned_at` changes and erases addresses without it.
CREATE OR REPLACE FUNCTION disown_unverified_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.email_owned_at := NULL;
  RETURN NEW;
END
$$;
