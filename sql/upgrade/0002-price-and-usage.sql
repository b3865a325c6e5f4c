-- By which prices the cost of an API call is calculated, and what of its usage is not plain. Of calls that are stored already both stay
-- null, as does what their lines may say of them.
-- Parameters: none. Used by: the check that opens a store for writing, on one that lacks them.
ALTER TABLE api_calls ADD COLUMN price_version TEXT;
ALTER TABLE api_calls ADD COLUMN usage JSON;
