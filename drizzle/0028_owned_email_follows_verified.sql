ALTER TABLE "members" DROP CONSTRAINT "member_owned_email_is_verified";
--> statement-breakpoint
-- Trigger of `members`: whose address is not verified does not own it either. A Worker that knows nothing of
-- `email_owned_at` changes and erases addresses without it. It runs after the change: with a trigger before it, RETURNING
-- would see the row as it was before parallel changes, and the count of wrong passwords would let more than its limit by.
CREATE OR REPLACE FUNCTION disown_unverified_email() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE members SET email_owned_at = NULL WHERE id = NEW.id;
  RETURN NULL;
END
$$;

--> statement-breakpoint
DROP TRIGGER member_owns_verified_email ON members;
--> statement-breakpoint
CREATE TRIGGER member_owns_verified_email AFTER INSERT OR UPDATE OF email_verified_at, email_owned_at ON members FOR EACH ROW
WHEN (NEW.email_verified_at IS NULL AND NEW.email_owned_at IS NOT NULL)
EXECUTE FUNCTION disown_unverified_email();
