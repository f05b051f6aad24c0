-- Trigger of `webhook_events`, for the time of a deploy: the Worker before the table `operator_alerts` records what it
-- alerts operators of as events with ids of its own making. If the alert is open already, the trigger drops the event,
-- so that the old Worker does not alert again; otherwise it also opens the alert, so that the new Worker does not. The
-- next schema can drop it.
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
