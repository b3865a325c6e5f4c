-- The triggers of a task. An issue's number is its own only within a repository, and the repository stands in the events' details alone.
-- A trigger is the task's for sure if its context is the task, or if its message holds the task's id as a word, unless its issue
-- or its repository is another than the task's: then it is doubtful. One of its session that
-- has its issue's number, and names no other task of that number, is too if it is of the task's repository; if the repository is
-- not known, then if there is one task and one repository of that number at most. Else it is doubtful.
-- A task's repository is what events say whose context it is, and triggers that name it. Tasks and repositories that are left over
-- belong together in order of time, if no other order has each triggered before it was detected.
-- Parameters: task; said, what trigger-events.sql found.
-- Rows: one a trigger; sure is 0 or 1, tasks how many of the session have the number; contradicts: whether it names the task
-- but another issue or repository. Used by: ./tac8 why
WITH rivals AS MATERIALIZED (
    SELECT r.task_id, r.detected_at
    FROM tasks AS t
    CROSS JOIN tasks AS r ON r.session_id = t.session_id AND r.issue_number = t.issue_number
    WHERE t.task_id = :task
), said AS MATERIALIZED (
    SELECT value ->> 0 AS what, value ->> 1 AS record_id, value ->> 2 AS timestamp, value ->> 3 AS repository, value ->> 4 AS task_id,
           value ->> 5 AS contradicts
    FROM json_each(:said)
), contexts AS MATERIALIZED (
    SELECT DISTINCT repository FROM said WHERE what = 'context' AND task_id = :task
), named AS MATERIALIZED (
    SELECT record_id, max(contradicts OR ifnull(repository NOT IN contexts AND EXISTS (SELECT 1 FROM contexts), 0)) AS contradicts
    FROM said
    WHERE what = 'named'
    GROUP BY record_id
), numbered AS MATERIALIZED (
    SELECT DISTINCT record_id, timestamp, repository FROM said WHERE what = 'numbered'
), known AS MATERIALIZED (
    SELECT DISTINCT task_id, repository FROM said WHERE task_id IS NOT NULL AND repository IS NOT NULL
), left_tasks AS MATERIALIZED (
    SELECT task_id, detected_at, row_number() OVER by_time AS number, lag(detected_at, 1, '') OVER by_time AS previous
    FROM rivals
    WHERE task_id NOT IN (SELECT task_id FROM known)
    WINDOW by_time AS (ORDER BY detected_at)
), left_repositories AS MATERIALIZED (
    SELECT repository, min(timestamp) AS first, row_number() OVER by_time AS number, lead(min(timestamp), 1, '~') OVER by_time AS next
    FROM numbered
    WHERE repository NOT IN (SELECT repository FROM known)
    GROUP BY repository
    WINDOW by_time AS (ORDER BY min(timestamp))
), its_repositories AS MATERIALIZED (
    SELECT repository FROM known WHERE task_id = :task
    UNION
    SELECT repository
    FROM left_tasks
    JOIN left_repositories USING (number)
    WHERE task_id = :task AND (SELECT count(*) FROM left_tasks) = (SELECT count(*) FROM left_repositories)
      AND ((SELECT count(*) FROM rivals) = 1 OR previous < first AND first <= detected_at AND detected_at < next)
), counts AS MATERIALIZED (
    SELECT (SELECT count(*) FROM rivals) AS tasks, (SELECT count(DISTINCT repository) FROM numbered) AS repositories
)
SELECT record_id, NOT contradicts AS sure, tasks, contradicts
FROM named, counts
UNION ALL
SELECT record_id, ifnull(repository IN its_repositories, 0) OR tasks = 1 AND repositories < 2, tasks, 0
FROM numbered, counts
WHERE record_id NOT IN (SELECT record_id FROM named) AND record_id NOT IN (SELECT record_id FROM said WHERE what = 'numbered' AND task_id IS NOT NULL)
  AND (repository IS NULL OR repository IN its_repositories OR NOT EXISTS (SELECT 1 FROM its_repositories))
