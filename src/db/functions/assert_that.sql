-- Aborts the batch that it stands in: statements sent together cannot branch on one another, so a decision is an
-- assertion. The name travels as the error's constraint, as that of a CHECK would.
CREATE OR REPLACE FUNCTION assert_that(condition boolean, name text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF condition IS NOT TRUE THEN
    RAISE EXCEPTION 'assertion "%" does not hold', name USING ERRCODE = 'check_violation', CONSTRAINT = name;
  END IF;
END
$$;
