-- What a completed task and a pull request cost on average: all calls of all its workers, failed attempts included.
-- A pull request's number is its own only within a repository. If events speak of several repositories, tasks of one number have one pull
-- request only if both are known to be of one repository: by events whose context is the task, or by the triggers of its issue, if its
-- session has no other task of that number. Triggers and the events of such tasks are asked, and no others.
-- Parameters: costs, what task-costs.sql found: over years of archives SQLite does not compile both in one.
-- Rows: completed task and pull request, those that there are; doubtful is how many tasks have another one's number and are of an
-- unknown repository. Used by: ./tac8 cost --by outcome
WITH task_costs AS MATERIALIZED (
    SELECT t.task_id, t.status, t.pr_number, t.session_id, t.issue_number, cost.value ->> 1 AS cost_usd, cost.value ->> 2 AS calls_without_cost
    FROM json_each(:costs) AS cost
    JOIN tasks AS t ON t.task_id = cost.value ->> 0
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
