# bash completion of mlpipe. In ~/.bashrc: source <(mlpipe completion bash)
# What may come next is looked up by `mlpipe __complete`; this only takes the line apart.
_mlpipe() {
  # Readline cuts words at = and : too (COMP_WORDBREAKS): put them together again.
  local rest=${COMP_LINE:0:COMP_POINT} unread word own=
  local -a words=()
  local i
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    unread=${rest#"${rest%%[![:space:]]*}"}
    [[ $unread == "$word"* ]] || word=$unread  # the cursor is inside of it
    if ((i > 0)) && [[ $unread == "$rest" ]]; then
      words[-1]+=$word
    else
      words+=("$word")
    fi
    rest=${unread#"$word"}
    own=$word
  done
  [[ $own == [=:] ]] && own=
  local last=${words[-1]}
  local done=${last:0:${#last}-${#own}}  # what readline leaves as it is
  done=${done//[\"\'\\]/}

  local program=${words[0]/#\~\//$HOME/}
  type -P -- "$program" >/dev/null || program=mlpipe
  local -a values=()
  mapfile -t values < <(command "$program" __complete raw "${words[@]:1}" 2>/dev/null)
  values=("${values[@]%%$'\t'*}")
  [[ ${#values[@]} == 1 && ${values[0]} == *[=/.] ]] && compopt -o nospace 2>/dev/null
  compopt -o nosort 2>/dev/null

  COMPREPLY=()
  local value
  # shellcheck disable=SC2088
  for value in "${values[@]}"; do
    value=${value#"$done"}
    case $own in
      \"* | \'*) ;;  # readline closes the quote
      '~/'*) printf -v value '~/%q' "${value#'~/'}" ;;
      *)
        [[ -z $value ]] || printf -v value %q "$value"
        value=${value//'\,'/,}  # of a list: the shell needs no backslash there
        ;;
    esac
    COMPREPLY+=("$value")
  done
}
complete -F _mlpipe mlpipe
