-- What a completed task and a pull request cost on average: all calls of all its workers, failed attempts included.
-- A pull request's number is its own only within a repository. If events speak of several repositories, tasks of one number have one pull
-- request only if both are known to be of one repository: by events whose context is the task, or by the triggers of its issue, if its
-- session has no other task of that number. Triggers and the events of such tasks are asked, and no others.
-- Parameters, each optional: since, until (UTC text, of the calls), task, session, worker, model.
-- Rows: completed task and pull request, those that there are; doubtful is how many tasks have another one's number and are of a repository
-- that nobody knows. Used by: ./tac8 cost --by outcome
WITH task_costs AS MATERIALIZED (
    SELECT t.task_id, t.status, t.pr_number, t.session_id, t.issue_number, sum(ac.estimated_cost_usd) AS cost_usd,
           count(*) - count(ac.estimated_cost_usd) AS calls_without_cost
    FROM api_calls AS ac
    JOIN workers AS w USING (worker_id)
    JOIN tasks AS t ON t.task_id = ifnull(ac.own_task_id, w.task_id)
    WHERE 1
      AND ac.timestamp >= :since -- if since
      AND ac.timestamp < :until -- if until
      AND ac.worker_id IN (SELECT worker_id FROM workers WHERE task_id = :task -- if task
                           UNION ALL SELECT worker_id FROM api_calls WHERE own_task_id = :task) -- if task
      AND ifnull(ac.own_task_id, w.task_id) = :task -- if task
      AND ac.worker_id IN (SELECT worker_id FROM workers WHERE session_id = :session -- if session
                           UNION ALL SELECT worker_id FROM api_calls WHERE own_session_id = :session) -- if session
      AND ifnull(ac.own_session_id, w.session_id) = :session -- if session
      AND ac.worker_id = :worker -- if worker
      AND ac.model = :model -- if model
    GROUP BY t.task_id
), shared AS MATERIALIZED (
    SELECT * FROM task_costs WHERE pr_number IN (SELECT pr_number FROM task_costs GROUP BY pr_number HAVING count(*) > 1)
), triggers AS MATERIALIZED (
    SELECT session_id, CAST(details ->> 'issue_number' AS INTEGER) AS issue_number,
           lower(ifnull(details ->> 'repo', details ->> 'repository')) AS repository
    FROM events
    WHERE event_type = 'trigger' AND EXISTS (SELECT 1 FROM shared)
), said AS MATERIALIZED (
    SELECT s.task_id, lower(ifnull(e.details ->> 'repo', e.details ->> 'repository')) AS repository
    FROM shared AS s
    CROSS JOIN events AS e ON e.context_id = s.task_id
    UNION ALL
    SELECT s.task_id, repository
    FROM shared AS s
    CROSS JOIN triggers USING (session_id, issue_number)
    WHERE (SELECT count(*) FROM tasks AS t WHERE t.session_id = s.session_id AND t.issue_number = s.issue_number) = 1
), known AS MATERIALIZED (
    SELECT task_id, min(repository) AS repository
    FROM said
    GROUP BY task_id
    HAVING min(repository) = max(repository)
), repositories AS MATERIALIZED (
    SELECT count(DISTINCT repository) AS count FROM (SELECT repository FROM triggers UNION ALL SELECT repository FROM said)
), requests AS MATERIALIZED (
    SELECT r.*, CASE WHEN repositories.count < 2 THEN r.pr_number
                     WHEN repository IS NULL THEN 'of task ' || r.task_id
                     ELSE 'of repository ' || repository || ' ' || r.pr_number END AS pull_request,
           repositories.count <> 1 AND repository IS NULL AND r.task_id IN (SELECT task_id FROM shared) AS doubtful
    FROM task_costs AS r
    CROSS JOIN repositories
    LEFT JOIN known USING (task_id)
    WHERE r.pr_number IS NOT NULL
)
SELECT 'completed task' AS result, count(*) AS count, sum(cost_usd) AS total_usd, sum(cost_usd) / count(*) AS each_usd,
       sum(calls_without_cost) AS calls_without_cost, 0 AS doubtful
FROM task_costs
WHERE status = 'completed'
HAVING count(*) > 0
UNION ALL
SELECT 'pull request', count(DISTINCT pull_request), sum(cost_usd), sum(cost_usd) / count(DISTINCT pull_request),
       sum(calls_without_cost), sum(doubtful)
FROM requests
HAVING count(*) > 0
