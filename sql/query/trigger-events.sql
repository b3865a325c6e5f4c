-- What events say of the triggers of a task, for triggers.sql to judge: years of archives are read once so, as SQLite compiles anew what
-- a CTE stands for each time that it is named.
-- Parameters: task; optional: word, a GLOB pattern for the id as a word.
-- Rows: one; said is a JSON array of [what, record_id, timestamp, repository, task_id]. A trigger that names the task is 'named'. One of its
-- session that has its issue's number is 'numbered', once for each task of that number that it names, or else without a task_id. An event
-- that has such a task's context and a repository is 'context'. Used by: ./tac8 why
WITH task AS MATERIALIZED (
    SELECT * FROM tasks WHERE task_id = :task
), rivals AS MATERIALIZED (
    SELECT r.task_id,
           '*[^A-Za-z0-9_-]' || replace(replace(replace(r.task_id, '[', '[[]'), '*', '[*]'), '?', '[?]') || '[^A-Za-z0-9_-]*' AS word
    FROM task AS t
    CROSS JOIN tasks AS r ON r.session_id = t.session_id AND r.issue_number = t.issue_number
), numbered AS MATERIALIZED (
    SELECT e.record_id, e.timestamp, e.context_id, e.message, lower(ifnull(e.details ->> 'repo', e.details ->> 'repository')) AS repository
    FROM task AS t
    CROSS JOIN events AS e ON e.session_id = t.session_id
    WHERE e.event_type = 'trigger' AND CAST(e.details ->> 'issue_number' AS TEXT) = CAST(t.issue_number AS TEXT)
)
SELECT json_group_array(json_array(what, record_id, timestamp, repository, task_id)) AS said
FROM (
    SELECT 'named' AS what, record_id, NULL AS timestamp, NULL AS repository, NULL AS task_id
    FROM events WHERE context_id = :task AND event_type = 'trigger'
    UNION ALL SELECT 'named', record_id, NULL, NULL, NULL -- if word
    FROM events WHERE event_type = 'trigger' AND ' ' || message || ' ' GLOB :word -- if word
    UNION ALL
    SELECT 'numbered', n.record_id, n.timestamp, n.repository, r.task_id
    FROM numbered AS n
    LEFT JOIN rivals AS r ON n.context_id = r.task_id OR length(r.word) < 1000 AND ' ' || n.message || ' ' GLOB r.word
    UNION ALL
    SELECT 'context', NULL, NULL, lower(ifnull(e.details ->> 'repo', e.details ->> 'repository')) AS repository, r.task_id
    FROM rivals AS r
    CROSS JOIN events AS e ON e.context_id = r.task_id
    WHERE ifnull(e.details ->> 'repo', e.details ->> 'repository') IS NOT NULL
)
