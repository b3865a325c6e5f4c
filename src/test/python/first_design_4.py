# Startup
session_id = logger.start_session(config, git_info)

# Shutdown
logger.end_session(session_id, exit_reason='normal')

# Detected
logger.log_task(session_id, 'gh-450', 'detected',
                issue_number=450, title="...")

# Started
logger.log_task(session_id, 'gh-450', 'active')

# Completed
logger.log_task(session_id, 'gh-450', 'completed', pr_number=496)

# Spawned
logger.log_worker(session_id, 'w-abc123', 'gh-450', 'spawned',
                 pid=12345, log_file='logs/gh-450.jsonl')

# Completed
logger.log_worker(session_id, 'w-abc123', 'gh-450', 'completed',
                 exit_code=0)

# Trigger
logger.log_event(session_id, 'trigger', 'info',
                'GitHub issue detected: gh-450',
                details={'issue_number': 450})

# Decision
logger.log_event(session_id, 'decision', 'info',
                'Preserved worktree - recent changes',
                context_type='worktree', context_id='gh-450',
                details={'file_age_minutes': 0.2})

# Error
logger.log_event(session_id, 'error', 'error',
                'Worker spawn failed',
                context_type='worker', context_id='w-abc123',
                details={'error': 'OOM'})

logger.log_api_call(worker_id, model='claude-sonnet-4-5',
                   tokens_input=5000, tokens_output=2000,
                   estimated_cost_usd=0.045, duration_ms=3200)
