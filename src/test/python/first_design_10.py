logger = TACLogger('/mnt/external-hdd/tac8/logs.db')
session_id = logger.start_session(config, git_info)

# Issue detected
logger.log_event(session_id, 'trigger', 'info',
                'GitHub issue detected: gh-450')
logger.log_task(session_id, 'gh-450', 'detected', issue_number=450)

# Worker spawned
logger.log_worker(session_id, 'w-abc123', 'gh-450', 'spawned',
                 log_file='logs/gh-450.jsonl')

# Worktree decision
logger.log_event(session_id, 'decision', 'info',
                'Preserved worktree - recent changes',
                context_id='gh-450',
                details={'file_age_minutes': 0.2, 'action': 'preserve'})

# API call
logger.log_api_call('w-abc123', 'claude-sonnet-4-5',
                   tokens_input=5000, tokens_output=2000,
                   estimated_cost_usd=0.045)

# Worker completed
logger.log_worker(session_id, 'w-abc123', 'gh-450', 'completed')
logger.log_task(session_id, 'gh-450', 'completed', pr_number=496)
