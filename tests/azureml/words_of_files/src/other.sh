#!/bin/sh
# not seen
