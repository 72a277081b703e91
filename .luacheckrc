-- What luacheck knows of functions that run inside Valkey or Redis (Lua 5.1).
std = "lua51"
read_globals = { "redis", "cjson", "cmsgpack", "bit" }
-- The header is a table, wider than the code.
max_line_length = false

files["**/auctions.lua"] = {
  -- A place of the packed state that only other readers need, one signature for every entry, and
  -- values named before the loop that sets them.
  ignore = { "211/CREATED_AT", "212/id", "311/answer", "311/is_over" },
}
