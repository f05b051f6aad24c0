-- Trigger that refuses a change; raises its argument as the constraint.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM assert_that(false, TG_ARGV[0]);
  RETURN NULL;
END
$$;
