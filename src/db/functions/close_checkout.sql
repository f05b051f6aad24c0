-- Ends a checkout that is in one of `from_statuses`; with `of_session`, only if that is its own session: the one with
-- the stored id, or if none is stored, the one with its fingerprint. Raises `checkout_still_open`.
CREATE OR REPLACE FUNCTION close_checkout(
  the_checkout uuid, from_statuses text[], to_status text, moment timestamptz, of_session text, of_fingerprint text
) RETURNS void LANGUAGE plpgsql
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
BEGIN
  UPDATE checkouts SET status = to_status, closed_at = moment, network_key = NULL,
    -- A request that never got its page may be sent again under the same key.
    idempotency_key = CASE WHEN stripe_session_id IS NOT NULL THEN idempotency_key END
  WHERE id = the_checkout AND status = ANY (from_statuses)
    AND (of_session IS NULL OR coalesce(stripe_session_id = of_session, fingerprint = of_fingerprint));
  PERFORM assert_that(FOUND, 'checkout_still_open');
END
$$;
