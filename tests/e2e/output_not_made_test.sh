#!/usr/bin/env bash
# A step that ends with 0 without its output as declared has failed, and is told what it made instead.
. "$(dirname "$0")/faults.sh"

failed() {  # failed uri_file 'command' 'message'
  cat >p.yaml <<END
steps:
  make: {command: "$2", outputs: {made: {type: $1}}}
  use: {command: "true", inputs: {made: "\${{steps.make.outputs.made}}"}}
END
  expect_code 1 mlpipe run p.yaml
  expect_err "$3"
  expect_equal "$(ask_run latest "steps['make']['status'], steps['use']['status']")" "('Failed', 'Skipped')"
}
failed uri_file 'true' "did not make its output 'made': there is nothing at"
failed uri_file 'echo x > ${{outputs.made}}.txt' "it made 'made.txt': set \`file_name: made.txt\`"
failed uri_file 'mkdir ${{outputs.made}}' "is declared a file (uri_file), and it made a folder"
failed uri_file 'ln -s gone ${{outputs.made}}' "is a link that leads nowhere"
failed uri_folder 'rmdir ${{outputs.made}}; touch ${{outputs.made}}' "is declared a folder (uri_folder), and it made a file"
failed uri_folder 'rmdir ${{outputs.made}}' "did not make its output 'made': there is nothing at"
expect_sound_database
sed -i 's/rmdir [^"]*/true/' p.yaml
expect_code 0 mlpipe run p.yaml
expect_executed "make use"
