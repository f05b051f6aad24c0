-- Records that an event takes effect, once; one that has failed before may try again. Raises `event_handled_once`.
CREATE OR REPLACE FUNCTION claim_event(event jsonb, moment timestamptz) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  INSERT INTO webhook_events (id, type, object_id, outcome, payload_hash, created_at, received_at)
  SELECT e.id, e.type, e.object_id, 'processed', e.payload_hash, e.created_at, moment
  FROM jsonb_populate_record(NULL::webhook_events, event) e
  ON CONFLICT (id) DO UPDATE SET outcome = 'processed', error_code = NULL WHERE webhook_events.outcome = 'failed';
  PERFORM assert_that(FOUND, 'event_handled_once');
END
$$;
