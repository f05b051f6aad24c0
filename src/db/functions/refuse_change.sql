-- Trigger for what nobody may do; its argument names what must hold, and is raised as the constraint.
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM assert_that(false, TG_ARGV[0]);
  RETURN NULL;
END
$$;
