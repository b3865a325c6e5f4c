-- When workers of a task that have no end on record made their last call: until then they lived.
-- Parameters: task; limit, the most workers. Rows: worker_id, last_call; one a worker that has a call. Used by: the page
-- its_workers is materialized, so that over two stores each is asked by its index.
WITH its_workers AS MATERIALIZED (
    SELECT worker_id FROM workers WHERE task_id = :task AND completed_at IS NULL ORDER BY spawned_at DESC, worker_id
    LIMIT :limit -- if limit
), calls AS MATERIALIZED (
    SELECT ac.worker_id, ac.timestamp FROM its_workers CROSS JOIN api_calls AS ac ON ac.worker_id = its_workers.worker_id
)
SELECT worker_id, max(timestamp) AS last_call FROM calls GROUP BY worker_id
