-- Ends a checkout as `close_checkout` does and releases its reservation; only for one that can no longer be paid.
CREATE OR REPLACE FUNCTION release_checkout(
  the_checkout uuid, to_status text, moment timestamptz, of_session text, of_fingerprint text
) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  PERFORM close_checkout(the_checkout, '{open,processing}', to_status, moment, of_session, of_fingerprint);
  PERFORM move_reservations(the_checkout, NULL);
END
$$;
