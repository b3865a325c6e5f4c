-- The API calls that a question is asked about. Whose a call is, it says itself; if it does not, it is its worker's.
-- A time is said to be unlikely, so that SQLite goes by it and not by the order of the workers.
-- Parameters, each optional: since, until (UTC text; from, and up to but without), task, session, worker, model.
-- Rows: one a call. Used by: ./tac8 cost, as ($chosen-calls.sql) in its statements
SELECT *
FROM api_calls AS ac
WHERE 1
  AND unlikely(ac.timestamp >= :since) -- if since
  AND ac.timestamp < :until -- if until
  AND (ac.own_task_id = :task -- if task
       OR ac.own_task_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task)) -- if task
  AND (ac.own_session_id = :session -- if session
       OR ac.own_session_id IS NULL AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session)) -- if session
  AND ac.worker_id = :worker -- if worker
  AND ac.model = :model -- if model
