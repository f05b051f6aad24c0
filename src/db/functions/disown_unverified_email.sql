-- Trigger of `members`: whose address is not verified does not own it either. A Worker that knows nothing of
-- `email_owned_at` changes and erases addresses without it. It runs after the change: with a trigger before it, RETURNING
-- would see the row as it was before parallel changes, and the count of wrong passwords would let more than its limit by.
CREATE OR REPLACE FUNCTION disown_unverified_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE members SET email_owned_at = NULL WHERE id = NEW.id;
  RETURN NULL;
END
$$;
