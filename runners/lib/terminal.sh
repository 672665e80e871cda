# shellcheck shell=bash
# What a terminal is shown of an agent's output. Sourced by lib/host.sh. Needs GNU sed and coreutils.

# sed holds a line until it ends: a longer one is shown, and held, in pieces of so many bytes.
LONGEST_LINE=65536

# Lines in, lines out: of escape sequences only colours pass (SGR; none that hides or blinks, each ended with its line), other
# control characters and those that reorder text become a question mark, and bytes that are no UTF-8 are left out: some
# terminals take them for control characters.
only_colours() {
  local one='([0-479]|2[1-9]|[34][0-79]|9[0-7]|10[0-7]|[34]8;5;[0-9]{1,3}|[34]8;2;[0-9]{1,3};[0-9]{1,3};[0-9]{1,3})?'
  local next='[\x80-\xbf]' two three four
  two="[\xc2-\xdf]$next"
  three="(\xe0[\xa0-\xbf]|[\xe1-\xec\xee\xef]$next|\xed[\x80-\x9f])$next"
  four="(\xf0[\x90-\xbf]|[\xf1-\xf3]$next|\xf4[\x80-\x8f])$next$next"
  # \x01 stands for the beginning of a colour meanwhile. What goes to a terminal, sed writes line by line by itself; fold,
  # which writes to a pipe, has to be told.
  LC_ALL=C stdbuf -oL fold -b -w "$LONGEST_LINE" | LC_ALL=C sed -E "
    s/\r\$//
    s/\x01/?/g
    s/\x1b\\[($one(;$one)*m)/\x01\\1/g
    s/[\x00\x02-\x08\x0b-\x1f\x7f]/?/g
    /[\x80-\xff]/ {
      s/\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xa8-\xae]|\xe2\x81[\xa6-\xa9]/?/g
      s/([\x01\t -~]|$two|$three|$four)|[\x80-\xff]/\\1/g
    }
    /\x01/s/\$/\x01""0m/
    s/\x01/\x1b[/g
  "
}
