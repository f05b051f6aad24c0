-- Trigger of `members`: an address that is not verified is not owned either. A Worker from before `email_owned_at`
-- changes and erases addresses without setting it. The trigger runs after the change, because with a BEFORE trigger
-- RETURNING would show the row without parallel changes, and more wrong passwords would be compared than the limit
-- allows.
CREATE OR REPLACE FUNCTION disown_unverified_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE members SET email_owned_at = NULL WHERE id = NEW.id;
  RETURN NULL;
END
$$;
