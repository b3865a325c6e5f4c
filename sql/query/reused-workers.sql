-- What worker ids stand for that stand for more than one task or session, by the calls that say so themselves.
-- Parameters, each optional: since, until (UTC text, of the calls), task, session, worker, model: which calls are looked at for such ids;
-- and limit, the most ids.
-- Rows: one a worker, task and session, in order of time; calls are all that there are, since and until their first and last.
-- Used by: ./tac8 cost, why, task, tasks and worker, if a sum holds such calls
-- calls is materialized, so that over two stores each is asked by its index: SQLite does not look into a union that it has to sum.
WITH its_workers AS MATERIALIZED (
    SELECT worker_id, task_id, session_id
    FROM workers
    WHERE 1
      AND (task_id = :task OR worker_id IN (SELECT worker_id FROM api_calls WHERE own_task_id = :task)) -- if task
      AND (session_id = :session OR worker_id IN (SELECT worker_id FROM api_calls WHERE own_session_id = :session)) -- if session
      AND worker_id = :worker -- if worker
), reused AS MATERIALIZED (
    SELECT worker_id
    FROM its_workers AS w
    WHERE EXISTS (
        SELECT 1
        FROM api_calls AS ac
        WHERE ac.worker_id = w.worker_id AND (ac.own_task_id <> w.task_id OR ac.own_session_id <> w.session_id)
          AND ac.timestamp >= :since -- if since
          AND ac.timestamp < :until -- if until
          AND ac.model = :model -- if model
    )
    ORDER BY worker_id
    LIMIT :limit -- if limit
), calls AS MATERIALIZED (
    SELECT worker_id, ifnull(ac.own_task_id, w.task_id) AS task_id, ifnull(ac.own_session_id, w.session_id) AS session_id, ac.timestamp,
           ac.estimated_cost_usd
    FROM reused
    CROSS JOIN workers AS w USING (worker_id)
    CROSS JOIN api_calls AS ac USING (worker_id)
)
SELECT worker_id, task_id, session_id, since, until, calls, cost_usd
FROM (
    SELECT worker_id, task_id, session_id, min(timestamp) AS since, max(timestamp) AS until, count(*) AS calls,
           sum(estimated_cost_usd) AS cost_usd
    FROM calls
    GROUP BY worker_id, task_id, session_id
    UNION ALL
    SELECT w.worker_id, w.task_id, w.session_id, NULL, NULL, 0, NULL
    FROM reused
    CROSS JOIN workers AS w USING (worker_id)
    WHERE (w.worker_id, w.task_id, w.session_id) NOT IN (SELECT worker_id, task_id, session_id FROM calls)
)
ORDER BY worker_id, since IS NULL, since, task_id, session_id
