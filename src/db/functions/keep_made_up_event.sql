-- Trigger of `webhook_events`, for the Worker before this schema: it keeps what it has alerted operators of as an event under an
-- id of its own making. What is among the open alerts already it does not tell again; what is new becomes an alert too, so
-- that its successor does not tell it again. The next schema can do without.
CREATE OR REPLACE FUNCTION keep_made_up_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO operator_alerts (code, subject_kind, subject_id, details, first_raised_at, last_raised_at, told_at)
  VALUES (NEW.error_code,
    CASE split_part(NEW.id, ':', 1) WHEN 'inquiry' THEN 'inquiry' WHEN 'dispute' THEN 'dispute' ELSE 'checkout-session' END,
    substr(NEW.id, strpos(NEW.id, ':') + 1), jsonb_build_object('object_id', NEW.object_id),
    NEW.received_at, NEW.received_at, NEW.received_at)
  ON CONFLICT DO NOTHING;
  IF FOUND THEN
    RETURN NEW;
  END IF;
  RETURN NULL;
END
$$;
