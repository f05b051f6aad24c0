-- Aborts the batch unless the condition holds. Statements that are sent together cannot branch on one another, so a
-- decision is an assertion. The name becomes the constraint of the error, as with a CHECK.
CREATE OR REPLACE FUNCTION assert_that(condition boolean, name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF condition IS NOT TRUE THEN
    RAISE EXCEPTION 'assertion "%" does not hold', name USING ERRCODE = 'check_violation', CONSTRAINT = name;
  END IF;
END
$$;
