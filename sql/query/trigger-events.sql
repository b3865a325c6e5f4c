-- What events say of the triggers of a task, for triggers.sql to judge: years of archives are read once so, as SQLite compiles anew what
-- a CTE stands for each time that it is named.
-- An id is a word where no letter or digit of any script, no _ and no - stands beside it, nor a full stop, slash or
-- hash (char 35) with one of these behind.
-- Parameters: task; optional: word, the id with * ? and [ in brackets.
-- Rows: one; said is a JSON array of [what, record_id, timestamp, repository, task_id, contradicts]. A trigger that names the task is
-- 'named', and contradicts if its issue is another. One of its session that has its issue's number is 'numbered', once for each task of
-- that number that it names, or else without a task_id. An event that has such a task's context and a repository is 'context'.
-- Used by: ./tac8 why
WITH edges AS MATERIALIZED (
    SELECT '[^./' || char(35) || letters || ']' AS plain, '[^' || letters || ']' AS beyond, '[./' || char(35) || ']' AS joint
    FROM (SELECT 'A-Za-z0-9_' || char(0xAA, 0xB5, 0xBA, 0xC0) || '-' || char(0x1FFF, 0x2C00) || '-' || char(0x2DFF, 0x3040) || '-'
                 || char(0xD7FF, 0xF900) || '-' || char(0xFDFF) || '-' AS letters)
), forms AS MATERIALIZED (
    SELECT b.text AS before, a.text AS after
    FROM (SELECT '*' || plain AS text FROM edges UNION ALL SELECT '*' || beyond || joint FROM edges) AS b,
         (SELECT plain || '*' AS text FROM edges UNION ALL SELECT joint || beyond || '*' FROM edges) AS a
), task AS MATERIALIZED (
    SELECT * FROM tasks WHERE task_id = :task
), rivals AS MATERIALIZED (
    SELECT r.task_id,
           replace(replace(replace(r.task_id, '[', '[[]'), '*', '[*]'), '?', '[?]') AS word
    FROM task AS t
    CROSS JOIN tasks AS r ON r.session_id = t.session_id AND r.issue_number = t.issue_number
), triggers AS MATERIALIZED (
    SELECT record_id, timestamp, iif(context_type = 'worker', NULL, context_id) AS context_id, message,
           lower(ifnull(details ->> 'repo', details ->> 'repository')) AS repository,
           CAST(details ->> 'issue_number' AS TEXT) AS issue_number, session_id = (SELECT session_id FROM task) AS is_of_session
    FROM events
    WHERE event_type = 'trigger'
      AND (context_id = :task
           OR instr(message, :task) > 0 -- if word
           OR session_id = (SELECT session_id FROM task)
              AND CAST(details ->> 'issue_number' AS TEXT) = (SELECT CAST(issue_number AS TEXT) FROM task))
), named AS (
    SELECT *, ifnull(issue_number <> (SELECT CAST(issue_number AS TEXT) FROM task), 0) AS contradicts FROM triggers
), numbered AS MATERIALIZED (
    SELECT * FROM triggers WHERE is_of_session AND issue_number = (SELECT CAST(issue_number AS TEXT) FROM task)
)
SELECT json_group_array(json_array(what, record_id, timestamp, repository, task_id, contradicts)) AS said
FROM (
    SELECT 'named' AS what, record_id, NULL AS timestamp, NULL AS repository, NULL AS task_id, contradicts
    FROM named WHERE context_id = :task
    UNION ALL SELECT 'named', record_id, NULL, repository, NULL, contradicts -- if word
    FROM named WHERE instr(message, :task) > 0 AND EXISTS (SELECT 1 FROM forms WHERE '  ' || message || '  ' GLOB before || :word || after) -- if word
    UNION ALL
    SELECT 'numbered', n.record_id, n.timestamp, n.repository, r.task_id, 0
    FROM numbered AS n
    LEFT JOIN rivals AS r ON n.context_id = r.task_id OR length(r.word) < 1000 AND instr(n.message, r.task_id) > 0
           AND EXISTS (SELECT 1 FROM forms WHERE '  ' || n.message || '  ' GLOB before || r.word || after)
    UNION ALL
    SELECT 'context', NULL, NULL, lower(ifnull(e.details ->> 'repo', e.details ->> 'repository')) AS repository, r.task_id, 0
    FROM rivals AS r
    CROSS JOIN events AS e ON e.context_id = r.task_id AND ifnull(e.context_type, '') <> 'worker'
    WHERE ifnull(e.details ->> 'repo', e.details ->> 'repository') IS NOT NULL
)
