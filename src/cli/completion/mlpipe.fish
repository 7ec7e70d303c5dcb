# fish completion of mlpipe: mlpipe completion fish > ~/.config/fish/completions/mlpipe.fish
# What may come next is looked up by `mlpipe __complete`.
function __mlpipe_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    type -q -- $program; or set program mlpipe
    command $program __complete plain $words[2..-1] (string unescape -- "$current"; or echo -- "$current") 2>/dev/null
end
complete -c mlpipe -f -k -a '(__mlpipe_complete)'
