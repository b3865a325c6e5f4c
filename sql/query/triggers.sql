-- The triggers of a task. An issue's number is its own only within a repository, and the repository stands in the events' details alone.
-- A trigger is the task's for sure if its context is the task, or if its message holds the task's id as a word. One of its session that
-- has its issue's number, and names no other task of that number, is too if it is of the task's repository; if nobody knows of the
-- repository, then if there is one task and one repository of that number at most. Else it is doubtful.
-- A task's repository is what events say whose context it is, and triggers that name it. Tasks and repositories that are left over
-- belong together in order of time, if no other order has each triggered before it was detected.
-- Parameters: task; optional: word, a GLOB pattern for the id as a word.
-- Rows: one a trigger; sure is 0 or 1, tasks how many of the session have the number. Used by: ./tac8 why
WITH task AS MATERIALIZED (
    SELECT * FROM tasks WHERE task_id = :task
), rivals AS MATERIALIZED (
    SELECT r.task_id, r.detected_at,
           '*[^A-Za-z0-9_-]' || replace(replace(replace(r.task_id, '[', '[[]'), '*', '[*]'), '?', '[?]') || '[^A-Za-z0-9_-]*' AS word
    FROM task AS t
    CROSS JOIN tasks AS r ON r.session_id = t.session_id AND r.issue_number = t.issue_number
), named AS MATERIALIZED (
    SELECT record_id FROM events WHERE context_id = :task AND event_type = 'trigger'
    UNION SELECT record_id FROM events WHERE event_type = 'trigger' AND ' ' || message || ' ' GLOB :word -- if word
), numbered AS MATERIALIZED (
    SELECT e.record_id, e.timestamp, e.context_id, e.message, lower(ifnull(e.details ->> 'repo', e.details ->> 'repository')) AS repository
    FROM task AS t
    CROSS JOIN events AS e ON e.session_id = t.session_id
    WHERE e.event_type = 'trigger' AND CAST(e.details ->> 'issue_number' AS TEXT) = CAST(t.issue_number AS TEXT)
), owned AS MATERIALIZED (
    SELECT n.record_id, n.repository, r.task_id
    FROM numbered AS n
    JOIN rivals AS r ON n.context_id = r.task_id OR length(r.word) < 1000 AND ' ' || n.message || ' ' GLOB r.word
), known AS MATERIALIZED (
    SELECT task_id, repository FROM owned WHERE repository IS NOT NULL
    UNION
    SELECT r.task_id, lower(ifnull(e.details ->> 'repo', e.details ->> 'repository')) AS repository
    FROM rivals AS r
    CROSS JOIN events AS e ON e.context_id = r.task_id
    WHERE ifnull(e.details ->> 'repo', e.details ->> 'repository') IS NOT NULL
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
SELECT record_id, 1 AS sure, tasks
FROM named, counts
UNION ALL
SELECT record_id, ifnull(repository IN its_repositories, 0) OR tasks = 1 AND repositories < 2, tasks
FROM numbered, counts
WHERE record_id NOT IN named AND record_id NOT IN (SELECT record_id FROM owned)
  AND (repository IS NULL OR repository IN its_repositories OR NOT EXISTS (SELECT 1 FROM its_repositories))
