#!/usr/bin/env bash
# environment create, list, show, archive, restore: images with conda files, build contexts; kept as they were.
. "$(dirname "$0")/registering.sh"
check_versions environment "-n thing --image python:3.10" "-n thing -i python:3.11"
mkdir envs && printf 'name: sk\ndependencies:\n  - python=3.10\n  - pip: [scikit-learn]\n' >envs/conda.yml
printf 'name: sk\nimage: ubuntu:22.04\nconda_file: ./conda.yml\ntags: {a: b}\n' >envs/sk.yml
expect_code 0 mlpipe environment create -f envs/sk.yml && expect_out "environment 'sk:1' is registered"
conda=$(cat envs/conda.yml)
rm envs/conda.yml
expect_equal "$(told asset "d['definition']['conda_file'].strip()" environment show sk)" "$conda"
expect_equal "$(told asset "d['definition']['image'], d['definition']['os_type'], d['type'], d['tags']" environment show sk)" "('ubuntu:22.04', 'linux', None, {'a': 'b'})"
expect_code 0 mlpipe environment show sk && expect_out "scikit-learn"
refused "conda.yml" environment create -f envs/sk.yml
echo 'dependencies: [python]' >plain.yml
expect_code 0 mlpipe environment create -n inline -i x -c plain.yml

# A build context counts by its content.
mkdir -p ctx/docker && echo FROM x >ctx/docker/Dockerfile
printf 'name: built\nversion: 1\nbuild: {path: ctx, dockerfile_path: docker/Dockerfile}\n' >built.yml
expect_code 0 mlpipe environment create -f built.yml
expect_code 0 mlpipe environment create -f built.yml && expect_out "there already"
expect_equal "$(told asset "d['path'], d['definition']['dockerfile_path']" environment show built)" "('$work/ctx', 'docker/Dockerfile')"
echo RUN y >>ctx/docker/Dockerfile
refused "its content differs" environment create -f built.yml
expect_code 0 mlpipe environment create -n by_options -b ctx -d docker/Dockerfile
refused "'dockerfile_path' goes with the path of a 'build'" environment create -n x -i y -d z
refused "'$work/gone' does not exist" environment create -n x -b gone
refused "there is no 'Dockerfile' in '$work/envs'" environment create -n x -b envs
refused "is a file" environment create -n x -b built.yml
